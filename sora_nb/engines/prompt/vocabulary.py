"""The words the local engine draws: small tables of synonyms, English and Chinese.

English entries are base forms ("walk" also stands for walks, walking, walked) of one to five words. Chinese entries are
found anywhere in a run of Chinese characters. Longer entries win over shorter ones. A word that is drawn as the nearest
thing the engine has is in a table of NEAREST, and a person is told.
"""

from __future__ import annotations

SCENES = {
    "beach": "beach, seaside, seashore, shore, coast, ocean, sea, waterfront, boardwalk, at sea, by the sea, "
    "海边, 海滩, 沙滩, 海洋, 大海, 海岸, 海面",
    "coffee shop": "coffee shop, coffee house, coffeehouse, cafe, café, coffee bar, espresso bar, 咖啡馆, 咖啡店, 咖啡厅",
    "office": "office, workplace, meeting room, conference room, cubicle, 办公室, 会议室",
    "forest": "forest, wood, woods, woodland, bamboo forest, pine forest, 森林, 树林, 丛林, 竹林, 林间, 密林",
    "city street": "city, street, city street, downtown, alley, avenue, sidewalk, town, crosswalk, times square, road, "
    "skyline, city skyline, manhattan, new york, tokyo, "
    "城市, 街道, 街上, 街头, 马路, 市中心, 大街, 小巷, 街边, 都市",
    "mountains": "mountain, hill, peak, alps, himalaya, valley, summit, mountain top, mountaintop, mountain range, "
    "山顶, 高山, 山上, 群山, 雪山, 山谷, 山峰, 山里, 大山, 山间",
    "space": "space, outer space, moon surface, on the moon, planet, galaxy, cosmos, universe, orbiting earth, "
    "太空, 宇宙, 月球, 星球, 银河, 外太空",
    "living room": "living room, home, house, couch, sofa, lounge, 客厅, 家里, 沙发, 家中",
    "stage": "stage, concert, spotlight, dance floor, on stage, 舞台, 演唱会, 音乐会, 演唱会现场",
    "snow": "snow field, snowfield, arctic, antarctica, north pole, south pole, tundra, winter wonderland, "
    "雪地, 冰原, 北极, 南极, 雪原",
    "underwater": "underwater, under water, under the sea, under the ocean, under the water, coral, coral reef, reef, "
    "seabed, ocean floor, deep sea, sea floor, 海底, 水下, 珊瑚, 水中",
    "desert": "desert, dune, sahara, sand dune, 沙漠, 沙丘, 戈壁",
    "meadow": "meadow, park, field, lawn, grass, countryside, prairie, flower field, wheat field, "
    "草地, 公园, 田野, 草坪, 花海, 乡间, 麦田",
    "kitchen": "kitchen, stove, 厨房",
}
"""Words that name a place."""

NEAREST_SCENES = {
    "beach": "island, lake, lakeside, harbor, harbour, pier, dock, lighthouse, cruise ship, deck of a ship, "
    "湖边, 海岛, 湖面, 港口, 码头, 灯塔",
    "coffee shop": "tea house, bistro, restaurant, diner, bakery, bar, pub, tavern, ice cream shop, 餐厅, 茶馆, 酒吧, 饭店",
    "office": "lab, laboratory, classroom, school, startup, library, university, 教室, 实验室, 学校, 图书馆",
    "forest": "jungle, rainforest, swamp, river, riverside, waterfall, creek, stream, 河边, 瀑布, 小溪, 热带雨林",
    "city street": "market, rooftop, skyscraper, traffic, subway, bus stop, bridge, highway, village, shop, store, mall, "
    "supermarket, parking lot, gas station, train station, rooftop party, "
    "市场, 村庄, 小镇, 桥上, 商店, 超市, 地铁, 车站, 屋顶, 天台, 夜市",
    "mountains": "cliff, canyon, volcano, 悬崖, 峡谷, 火山",
    "space": "mars, space station, spaceship, spacecraft, asteroid, nebula, 火星, 空间站, 飞船",
    "living room": "apartment, bedroom, room, hallway, bathroom, attic, basement, cabin, hotel, hotel room, 卧室, 房间",
    "stage": "theatre, theater, club, nightclub, opera, circus, arena, stadium, ballroom, auditorium, 剧院, 剧场, 体育馆, 夜店",
    "snow": "ice, glacier, iceberg, ski slope, ice rink, frozen lake, 冰川, 冰面, 滑雪场",
    "underwater": "aquarium, 水族馆",
    "desert": "savanna, savannah, oasis, wasteland, wild west, steppe, 绿洲, 荒野",
    "meadow": "garden, farm, picnic, playground, backyard, vineyard, orchard, football field, soccer field, "
    "花园, 农场, 院子, 操场, 果园",
    "kitchen": "",
}
"""Words that name a place for which the engine draws the nearest that it has."""

SCENE_HINTS = {
    "beach": "wave, surfer, surf, sailor, sand, sandcastle, palm, pirate, seagull, sunbathe, fisherman, boat, sailboat, "
    "海浪, 冲浪, 渔夫, 帆船",
    "coffee shop": "coffee, latte, latte art, espresso, cappuccino, barista, 咖啡, 拿铁, 咖啡师",
    "office": "desk, computer, laptop, office worker, businessman, businesswoman, presentation, scientist, "
    "电脑, 上班, 打字, 写代码",
    "forest": "tree, pine tree, bamboo, campfire, camping, mushroom, fairy, deer, monkey, gorilla, elf, 树, 大树, 竹子, 鹿",
    "city street": "taxi, bus, car, policeman, police officer, detective, superhero, umbrella, skateboard, kickflip, "
    "neon, neon light, neon sign, platform, train platform, train station platform, train, tram, truck, motorcycle, street light, "
    "street lamp, street food, 汽车, 出租车, 雨伞, 车流, 霓虹灯, 霓虹",
    "mountains": "hike, climb, yeti, goat, knight, dragon, castle, 爬山, 登山, 城堡, 巨龙",
    "space": "astronaut, rocket, alien, star ship, starship, ufo, meteor, 宇航员, 火箭, 外星人",
    "living room": "tv, television, carpet, cushion, pillow, christmas tree, rocking chair, armchair, "
    "window, fireplace, bed, 电视, 窗外, 窗户, 圣诞树, 床上, 窗边, 窗前, 壁炉, 床",
    "stage": "crowd, audience, singer, band, rock band, microphone, ballet, dj, magician, ballerina, guitarist, "
    "观众, 歌手, 乐队, 女歌手, 男歌手",
    "snow": "snow, snowball, ski, skate, sled, penguin, polar bear, igloo, winter, 雪, 企鹅, 滑雪",
    "underwater": "fish, mermaid, diver, shark, whale, octopus, turtle, dolphin, submarine, bubble, dive, "
    "鱼, 潜水员, 潜水, 美人鱼",
    "desert": "camel, cactus, cowboy, pyramid, 骆驼, 仙人掌, 牛仔",
    "meadow": "flower, butterfly, cow, sheep, horse, kite, bunny, rabbit, cherry blossom, "
    "花, 蝴蝶, 风筝, 樱花, 樱花树, 马, 牛, 羊",
    "kitchen": "cook, chef, bake, soup, cake, 做饭, 厨师, 炒菜",
}
"""Words that suggest a place where the prompt names none."""

TIMES = {
    "dawn": "sun comes up, sun rises, sun coming up, sun rising, sun is rising, sun is coming up, dawn, sunrise, daybreak, morning, early morning, sun up, sunup, crack of dawn, rising sun, break of day, "
    " early light, first light, 清晨, 早晨, 日出, 黎明, 早上, 晨曦, 破晓, 晨光",
    "day": "day, bright midday sun, midday sun, daytime, daylight, noon, midday, high noon, afternoon, lunch, 白天, 中午, 下午, 正午, 午后",
    "sunset": "sun goes down, sun sets, sun setting, sun going down, sun is setting, setting sun, late evening, nightfall sky, sunset, dusk, golden hour, evening, twilight, sundown, late afternoon, blue hour, "
    "日落, 黄昏, 傍晚, 夕阳, 落日, 晚霞, 黄金时刻",
    "night": "night, midnight, nighttime, night time, moonlight, moonlit, full moon, crescent moon, starry, starlight, "
    "stars, under the stars, pitch dark, pitch black night, by moonlight, in the moonlight, moon lit, night market, night sky full of stars, "
    "past midnight, late night, nightfall, after dark, in the dark of night, dead of night, overnight, bedtime, starry sky, starry night, late at night, night sky, tonight, "
    "夜晚, 夜里, 晚上, 午夜, 星空, 月光, 深夜, 夜空, 月夜, 夜间, 雨夜, 雪夜, 夜, 半夜, 月亮, 满月, 夜景, 夜色, 今晚",
}

TIME_HINTS = {
    "day": "sunny, sunshine, blue sky, clear sky, bright sun, sunlight, sunlit, rainbow, picnic, sunglasses, sunscreen, sunbathe, "
    "sun, sun rays, recess, parasol, midsummer, sunbeam, playground",
    "night": "moon, northern lights, aurora, aurora borealis, fireworks, firework, firefly, fireflies, nightclub, shooting star, "
    "shooting stars, meteor shower, milky way, constellation, disco, campfire, bonfire, stargaze, stargazing, lantern, lanterns, "
    "candlelit, candlelight, halloween, werewolf, vampire, glow stick, glowstick, neon sign, neon light, streetlight, streetlamp, "
    "street lamp, street light, trick or treater, headlights, karaoke, nightlight, pitch dark, pitch black",
}
"""Words that suggest a time of day where the prompt names none."""

WEATHERS = {
    "clear": "sunny, clear sky, clear skies, cloudless sky, not a cloud, no clouds, clear weather, nice weather, fine weather, blue skies, sunny day, clear day, clear night, sunlight, sunlit, hot day, "
    " clear, sunshine, bright sun, bright midday sun, sun, blue sky, cloudless, "
    "晴天, 晴朗, 阳光, 蓝天, 阳光明媚, 太阳",
    "rain": "rain, rain cats and dogs, it's pouring, pouring, pouring down, rainy, monsoon, typhoon, hurricane, hailstorm, hail, cloudburst, torrential rain, pouring rain, tropical storm, pour down, raindrops, thunderclap, rain shower, rain showers, showers, thunderous, "
    "storm, stormy, thunderstorm, rainstorm, thunder, drizzle, downpour, light rain, heavy rain, "
    "lightning, storm cloud, "
    "下雨, 雨中, 雨, 暴风雨, 大雨, 小雨, 细雨, 雨天, 暴雨, 雷雨, 雨夜, 雨水, 毛毛雨, 雷电, 闪电, 下着雨, 下着小雨, 下着大雨, 下起了雨, "
    "淋雨",
    "snow": "snow, snowy, snowing, whiteout, sleet, flurries, flurry, snow storm, powder snow,  blizzard, snowfall, snowstorm, snowflake, snow falling, falling snow, light snow, heavy snow, "
    "下雪, 飘雪, 雪花, 暴风雪, 大雪, 雪天, 风雪, 雪夜, 雪, 下着雪, 下着大雪, 小雪, 飘着雪, 下起了雪",
    "fog": "fog, foggy, smog, smoggy, morning mist, sea mist, pea soup fog, thick fog, dense fog,  mist, misty, haze, hazy, 雾, 大雾, 薄雾, 雾气, 迷雾, 浓雾, 雾天, 雾中, 晨雾",
    "cloudy": "cloudy, grey skies, gray skies, dark clouds, dark sky, gloomy sky, storm clouds gathering, grey day, gray day, overcast sky, cloud, overcast, grey sky, gray sky, 多云, 阴天, 乌云",
}

CAMERAS = {
    "static": "static, static camera, static shot, locked off, locked off shot, fixed camera, still camera, tripod, "
    "tripod shot, fixed shot, camera stays still, 固定镜头, 静止镜头, 镜头固定, 镜头不动, 固定机位, 镜头静止",
    "pan": "pan, slow pan, camera pan left, camera pan right, camera pans left, camera pans right, camera moves left, camera moves right, camera move left, camera move right, "
    " pan left, pan right, panning shot, pan shot, tracking shot, camera track, camera tracking, "
    "follow shot, dolly shot, side scroll, camera pan, camera follow, follow cam, camera following, following shot, "
    "摇镜头, 平移, 跟拍, 跟随镜头, 镜头跟随, 横移, 移动镜头, 左移, 右移, 镜头左移, 镜头右移, 摇镜, 追踪镜头",
    "push in": "push in, camera move in, camera moving in, camera push in, camera zoom in, camera moves closer,  zoom in, zoom, dolly in, close up, closeup, close up shot, extreme close up, move closer, "
    "portrait shot, slow zoom, slow push in, camera zoom, push, "
    "推近, 镜头推近, 特写, 放大, 近景, 特写镜头, 近景镜头, 推镜头, 镜头拉近, 拉近, 推进, 镜头推进, 大特写, 镜头缓缓推近",
    "pull out": "pull out, camera zoom out, camera pull back, camera move back, camera moving back, camera move away, camera back away,  zoom out, pull back, dolly out, reveal, camera pull, 拉远, 镜头拉远, 拉镜头, 镜头后拉",
    "orbit": "orbit, orbit around, orbit shot, circle around, camera circle, camera circling, arc shot, rotate around, "
    "360, slow orbit, camera orbit, 360 degree, 环绕, 环绕镜头, 镜头环绕, 环绕拍摄",
    "tilt": "tilt, tilt up, tilt down, crane shot, pedestal, camera tilt, 仰拍, 升降镜头, 升镜头, 摇臂",
    "handheld": "handheld, hand held, handheld camera, hand held camera, shaky, shaky cam, shaky camera, vlog, "
    "found footage, documentary, documentary style, 手持, 手持镜头, 手持拍摄",
    "wide": "wide shot, wide, wide angle, wide angle shot, drone shot, drone view, drone footage, aerial, aerial view, "
    "aerial shot, establishing shot, wide establishing shot, bird's eye, bird's eye view, panorama, long shot, "
    "wide aerial shot, drone, extreme wide shot, top down, top down view, from above, overhead shot, "
    "航拍, 全景, 远景, 航拍镜头, 俯拍, 全景镜头, 远景镜头, 俯视, 鸟瞰, 大远景, 广角, 无人机, 无人机航拍, 大全景, 广角镜头, 空拍",
}

ACTIONS = {
    "walk": "walk, stroll, wander, hike, march, explore, travel, come, go, cross, climb, step, approach, enter, leave, "
    "sneak, tiptoe, patrol, trot, 走, 走路, 散步, 行走, 漫步, 徒步, 走过, 走在, 爬山, 登山, 穿过, 逛街, 走来走去, 走来",
    "run": "run, jog, sprint, race, chase, rush, dash, flee, escape, hurry, 跑, 跑步, 奔跑, 追, 追逐, 奔驰, 飞奔, 追赶, 跑来跑去, 冲刺",
    "jump": "jump, hop, leap, bounce, skip, 跳, 跳跃, 蹦, 蹦跳, 跳起, 蹦蹦跳跳",
    "dance": "dance, spin, twirl, celebrate, groove, boogie, perform, cheer, 跳舞, 舞蹈, 旋转, 庆祝, 起舞, 转圈, 跳着舞, 跳街舞",
    "wave": "wave hello, wave at, wave to, wave, greet, hello, clap, salute, goodbye, 挥手, 打招呼, 鼓掌, 招手, 挥着手, 拍手",
    "sit": "sit, seated, rest, meditate, relax, kneel, crouch, yoga, do yoga, 坐, 打坐, 休息, 坐着, 冥想, 蹲, 瑜伽, 对坐, 坐在, 蹲着, 跪",
    "sleep": "sleep, asleep, nap, snore, doze, lie, sunbathe, 睡觉, 睡, 躺, 睡着, 打盹, 躺着, 熟睡, 睡在, 躺在",
    "talk": "talk, speak, chat, say, tell, present, give a presentation, lecture, argue, explain, interview, 说话, 聊天, "
    "演讲, 说, 交谈, 对话, 讲话, 谈话",
    "sing": "sing, hum, rap, 唱歌, 唱, 演唱, 歌唱, 唱着歌",
    "play": "play, juggle, drum, strum, 弹, 演奏, 玩, 打球, 弹吉他, 弹钢琴, 玩耍, 弹奏, 打鼓, 敲鼓, 踢球, 踢足球, 打篮球, 拉小提琴, 玩游戏",
    "work": "work, type, pour, cook, make, serve, write, study, 工作, 打字, 做饭, 炒菜, 写字, 写代码, 卖, 学习, 烹饪, 写, 干活",
    "eat": "eat, munch, chew, bite, lick, 吃, 吃着, 吃饭, 啃",
    "drink": "drink, sip, 喝, 喝着, 喝茶, 喝咖啡, 喝水",
    "read": "read, 看书, 阅读, 读书, 读报",
    "look": "look, watch, stare, gaze, smile, laugh, think, grin, dream, observe, 看, 微笑, 笑, 看着, 望着, 大笑, 注视, 凝视, 看电视, "
    "发呆, 望向, 看向, 仰望",
    "stand": "stand, wait, pose, stay, 站, 站在, 等, 站着, 等待, 等车, 站立",
    "float": "float, drift, hover, levitate, 漂浮, 飘, 飘浮, 悬浮",
    "fly": "fly, soar, glide, swing between, 飞, 飞行, 飞翔, 飞过, 翱翔, 盘旋",
    "swim": "swim, dive, snorkel, 游泳, 游, 潜水, 游动, 游来游去",
}

NEAREST_ACTIONS = {
    "run": "ride, drive, gallop, skate, ski, slide, skateboard, 滑雪, 骑, 骑车, 骑着, 滑冰",
    "jump": "kickflip",
    "sing": "scream, shout",
    "work": "bake, paint, draw, build, cast, repair, clean, fishing, mend, 画画, 打扫, 钓鱼, 修理, 画",
}
"""Verbs for which the engine draws the nearest action that it has."""

CHARACTERS = {
    "corgi": "corgi, 柯基, 柯基犬",
    "dog": "dog, puppy, doggy, doggo, pup, hound, mutt, 狗, 小狗, 狗狗, 小狗狗, 犬",
    "cat": "cat, kitten, kitty, 猫, 小猫, 猫咪, 小猫咪, 猫猫",
    "tiger": "tiger, 老虎, 虎",
    "lion": "lion, 狮子, 狮",
    "fox": "fox, 狐狸",
    "bear": "bear, grizzly, bear cub, 熊, 小熊, 棕熊",
    "polar bear": "polar bear, 北极熊",
    "panda": "panda, giant panda, 熊猫, 大熊猫, 熊猫宝宝",
    "rabbit": "rabbit, bunny, bunny rabbit, 兔子, 小兔, 小兔子, 兔",
    "mouse": "mouse, mice, 老鼠, 小老鼠",
    "pig": "pig, piglet, 猪, 小猪",
    "monkey": "monkey, 猴子, 小猴子, 猴",
    "frog": "frog, 青蛙, 小青蛙",
    "penguin": "penguin, 企鹅, 小企鹅",
    "duck": "duck, duckling, 鸭子, 小鸭子, 小鸭, 鸭",
    "fish": "fish, goldfish, clownfish, 鱼, 小鱼, 金鱼",
    "robot": "robot, android, droid, 机器人",
    "alien": "alien, martian, 外星人",
    "astronaut": "astronaut, cosmonaut, spaceman, 宇航员",
    "barista": "barista, 咖啡师",
    "chef": "chef, 厨师",
    "wizard": "wizard, sorcerer, 巫师, 魔法师",
    "superhero": "superhero, hero, 超级英雄",
    "knight": "knight, 骑士",
    "cowboy": "cowboy, 牛仔",
    "diver": "diver, scuba diver, 潜水员",
    "woman": "woman, women, lady, 女人, 女士, 女性, 女子, 一女子",
    "person": "person, man, men, guy, people, human, somebody, someone, 男人, 人, 男子, 人们, 男士, 先生, 有人, 一人, 人物",
    "snowman": "snowman, snowmen, 雪人",
}
"""Nouns for which the engine draws a stock character, in a prompt without an @mention."""

NEAREST_CHARACTERS = {
    "dog": "retriever, golden retriever, labrador, husky, wolf, poodle, dachshund, beagle, terrier, bulldog, chihuahua, "
    "shiba, german shepherd, sheepdog, dalmatian, pug, samoyed, border collie, shiba inu, "
    "狼, 金毛, 哈士奇, 柴犬, 金毛犬, 泰迪, 萨摩耶, 金毛寻回犬",
    "cat": "tabby, tabby cat, siamese, siamese cat, 橘猫, 黑猫, 白猫, 花猫",
    "tiger": "leopard, jaguar, cheetah, 豹子, 猎豹, 豹",
    "lion": "lioness, 母狮",
    "bear": "泰迪熊",
    "polar bear": "yeti, 雪怪",
    "panda": "red panda, 小熊猫",
    "rabbit": "hare, 野兔",
    "mouse": "rat, hamster, 仓鼠, 松鼠",
    "pig": "boar, wild boar, 野猪",
    "monkey": "ape, gorilla, chimp, chimpanzee, orangutan, 猩猩, 大猩猩, 猿",
    "frog": "toad, 蟾蜍",
    "duck": "chick, bird, chicken, parrot, owl, goose, geese, swan, 小鸟, 鸟, 小鸡, 鸡, 鹦鹉, 猫头鹰, 天鹅, 鹅",
    "fish": "shark, whale, dolphin, 鲨鱼, 鲸鱼, 海豚, 鲸",
    "robot": "cyborg, mech, mecha, 机甲",
    "alien": "monster, 怪物, 怪兽",
    "barista": "waiter, waitress, bartender, 服务员, 调酒师",
    "chef": "baker, cook, 面包师",
    "wizard": "witch, magician, 魔术师, 女巫",
    "superhero": "spiderman, spider man, batman, superman, iron man, wonder woman, 蜘蛛侠, 超人, 蝙蝠侠, 钢铁侠",
    "knight": "warrior, samurai, 战士, 武士",
    "cowboy": "cowgirl, sheriff",
    "diver": "mermaid, 美人鱼",
    "woman": "girl, mother, mom, mum, grandma, grandmother, princess, queen, ballerina, actress, businesswoman, nun, granddaughter, heroine, "
    "bride, nurse, old lady, old woman, female singer, snow white, wife, sister, daughter, girlfriend, aunt, "
    "女孩, 姑娘, 孙女, 外婆, 姥姥, 姐姐, 妹妹, 阿姨, 女生, 少女, 小女孩, 女歌手, 公主, 女王, 妈妈, 母亲, 奶奶, 老奶奶, 女演员, 新娘, 护士, 美女, 女儿, 妻子, 女郎, "
    "老太太, 女舞者",
    "person": "boy, friend, kid, child, children, toddler, baby, teacher, student, worker, singer, scientist, sailor, surfer, "
    "businessman, detective, dj, king, prince, player, everybody, everyone, fisherman, policeman, police officer, "
    "fireman, firefighter, farmer, doctor, artist, painter, photographer, musician, guitarist, drummer, dancer, "
    "couple, father, dad, grandpa, grandfather, old man, old woman and man, teenager, athlete, boxer, pirate, ninja, "
    "soldier, priest, monk, clown, santa, santa claus, vampire, zombie, skateboarder, family, lead singer, rock star, "
    "brother, sibling, son, husband, boyfriend, uncle, tourist, hiker, runner, swimmer, skier, skater, cyclist, biker, "
    "driver, rider, pilot, captain, gentleman, elf, office worker, pianist, violinist, actor, bystander, twin, "
    "traveler, traveller, climber, shopkeeper, gardener, lifeguard, coach, judge, lawyer, engineer, programmer, "
    "hacker, gamer, carpenter, blacksmith, mechanic, tailor, barber, butcher, postman, mailman, groom, dwarf, burglar, cat burglar, thief, robber, spy, grandson, nephew, "
    "男孩, 孩子, 孙子, 外公, 哥哥, 弟弟, 叔叔, 小孩, 小男孩, 男生, 少年, 老人, 朋友, 学生, 老师, 歌手, 医生, 工人, 农民, 渔夫, 舞者, 爷爷, 爸爸, 父亲, 情侣, 婴儿, "
    "宝宝, 儿童, 儿子, 国王, 王子, 警察, 消防员, 士兵, 科学家, 画家, 音乐家, 乐手, 司机, 男歌手, 老爷爷, 老头, 小朋友, 年轻人, 夫妻, "
    "一家人, 武术家, 摄影师, 大叔, 少侠, 海盗, 忍者, 道士, 和尚, 圣诞老人",
}
"""Nouns for which the engine draws the nearest character that it has."""

_TABLES = (
    SCENES, NEAREST_SCENES, SCENE_HINTS, TIMES, WEATHERS, CAMERAS, ACTIONS, CHARACTERS, NEAREST_CHARACTERS,
)  # fmt: skip


def everyday() -> frozenset[str]:
    """Return all words and phrases of the tables."""
    listed = ",".join(words for table in _TABLES for words in table.values())
    return frozenset(" ".join(word.split()).replace("-", " ") for word in listed.split(",") if word.strip())


_FILLERS = """
    a an and the of in on at to by with for from into onto up down over under through across around between near next
    front behind beside his her its their my our your he she it they we you i him them me us this that these those is
    are was were be being been has have had do does very so too then while as or but not no off out all each other
    another some many two three four alone together slowly quickly happily gently just about back still deep late early
    high huge big small little tiny old young new red blue green yellow white black pink purple orange brown golden
    warm cold cozy cosy cute beautiful nice happy sad funny cinematic scene video shot camera view background 一只 一个
    的 在 里 和 中 上 有 着 了 一 个 只 小 镜头
"""
UNMIXED = frozenset(_FILLERS.split())
"""Words that do not change the seed, though nothing of the film is read from them."""
