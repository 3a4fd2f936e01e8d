"""Nouns that the local engine does not draw, by what they are; English singulars, and Chinese."""

from __future__ import annotations

ANIMALS = """
    horse, pony, stallion, mare, foal, donkey, mule, zebra, elephant, rhino, rhinoceros, hippo, hippopotamus, giraffe,
    camel, llama, alpaca, cow, bull, calf, ox, buffalo, bison, sheep, lamb, ram, goat, deer, fawn, stag, doe, moose, elk,
    reindeer, antelope, gazelle, kangaroo, koala, sloth, hedgehog, porcupine, raccoon, skunk, beaver, otter, seal,
    sea lion, walrus, squirrel, chipmunk, bat, mole, badger, weasel, ferret, meerkat, armadillo, anteater, hyena, panther,
    snow leopard, lynx, cougar, puma, snake, serpent, cobra, python, lizard, gecko, iguana, chameleon, crocodile,
    alligator, dinosaur, t rex, tyrannosaurus, velociraptor, turtle, tortoise, sea turtle, crab, lobster, shrimp, octopus,
    squid, jellyfish, starfish, seahorse, eel, stingray, manta ray, koi, salmon, snail, slug, worm, caterpillar,
    butterfly, moth, bee, bumblebee, wasp, ant, spider, beetle, ladybug, dragonfly, fly, mosquito, cricket, grasshopper,
    firefly, insect, bug, eagle, hawk, falcon, vulture, crow, raven, pigeon, dove, sparrow, robin, seagull, gull, pelican,
    flamingo, stork, heron, peacock, turkey, rooster, hen, ostrich, emu, hummingbird, woodpecker, toucan,
    dragon, unicorn, phoenix, griffin, pegasus, creature, beast, animal, wildlife, livestock, kraken, centaur, hellhound,
    小龙, 马, 白马, 大象, 长颈鹿, 斑马, 骆驼, 牛, 奶牛, 羊, 山羊, 绵羊, 鹿, 小鹿, 刺猬, 蛇, 鳄鱼, 恐龙, 龙, 巨龙, 乌龟, 海龟, 螃蟹, 虾, 章鱼,
    蜗牛, 蝴蝶, 蜜蜂, 蚂蚁, 蜘蛛, 昆虫, 老鹰, 鹰, 乌鸦, 鸽子, 海鸥, 麻雀, 孔雀, 凤凰, 独角兽, 动物, 水母, 羊驼, 考拉, 袋鼠,
    河马, 犀牛, 蝙蝠, 萤火虫, 蜻蜓, 麒麟, 神兽, 小动物, 牛群, 马群, 羊群,  海豹, 鹤, 仙鹤, 丹顶鹤
"""

PEOPLE = """
    crowd, audience, customer, passerby, pedestrian, spectator, fan, guest, visitor, passenger, public, band, rock band,
    choir, orchestra, team, army, troop, gang, group of people, population, mob, enemy, opponent, neighbour, neighbor,
    shopper, commuter, resident, citizen, villager, worshipper, extra, onlooker, folk, staff, crew, ghost, spirit,
    skeleton, mannequin, statue, fairy, angel, demon, devil, giant, goblin, orc, troll, god, goddess, werewolf,
    makoto shinkai, studio ghibli, ghibli, wes anderson, tarantino, nolan, kubrick,
    观众, 人群, 乐队, 军队, 敌人, 鬼, 幽灵, 天使, 恶魔, 仙女, 仙子, 神仙, 精灵, 雕像, 宫崎骏, 新海诚,
    人海, 球队,  大家, 众人
"""

VEHICLES = """
    car, sports car, race car, truck, bus, taxi, cab, van, jeep, suv, motorcycle, motorbike, scooter, bicycle, bike,
    tricycle, unicycle, train, steam train, locomotive, tram, metro, ambulance, fire truck, police car, tractor, tank,
    plane, airplane, aeroplane, aircraft, jet, helicopter, balloon, hot air balloon, blimp, rocket, starship, ufo,
    flying saucer, boat, sailboat, ship, yacht, canoe, kayak, raft, ferry, submarine, cruise, cart, carriage, wagon, sled,
    sleigh, skateboard, surfboard, snowboard, roller skate, rollerblade, hoverboard, wheelchair, stroller, vehicle,
    tesla, ferrari, porsche, convertible, pickup, bulldozer, excavator, forklift, satellite,
    汽车, 车, 卡车, 公交车, 公共汽车, 出租车, 自行车, 单车, 摩托车, 火车, 高铁, 列车, 飞机, 直升机, 火箭, 船, 帆船, 小船, 轮船, 潜艇, 马车,
    滑板, 气球, 热气球, 车流, 跑车, 电动车, 坦克, 卫星, 飞碟, 飞船舱, 小汽车, 赛车
"""

PLACES = """
    church, cathedral, temple, shrine, mosque, castle, palace, tower, fort, fortress, ruins, ruin, museum, gallery, gym,
    hospital, clinic, prison, jail, court, courtroom, airport, train platform, platform, tunnel, factory, warehouse,
    garage, barn, shed, greenhouse, zoo, theme park, amusement park, fairground, carnival, casino, bank, bookstore,
    bookshop, barber shop, salon, spa, pool, swimming pool, tennis court, basketball court, race track, train track,
    railway, railroad, runway, dungeon, cave, crypt, graveyard, cemetery, laundromat, elevator, staircase, balcony,
    terrace, patio, porch, courtyard, plaza, square, fountain, well, windmill, dam, pond, puddle, eiffel tower, big ben,
    paris, london, rome, venice, kyoto, shanghai, beijing, hong kong, dubai, las vegas, hollywood, san francisco,
    los angeles, chicago, berlin, india, china, japan, egypt, africa, america, europe, iceland, hawaii, world, earth, mine,
    tent, igloo, treehouse, bunker, chinatown, sky, horizon, ground, floor, ceiling, wall, door, roof,
    stair, corner, trail, path, track, counter, dance studio, studio, set, campsite,
    city light, street light, street lamp,
    教堂, 寺庙, 城堡, 宫殿, 塔, 古城, 废墟, 博物馆, 健身房, 医院, 监狱, 机场, 站台, 月台, 隧道, 工厂, 仓库, 动物园, 游乐园, 银行, 书店,
    游泳池, 泳池, 铁路, 山洞, 洞穴, 墓地, 电梯, 楼梯, 阳台, 喷泉, 池塘, 上海, 北京, 东京, 香港, 巴黎, 纽约, 伦敦, 中国, 日本, 世界,
    地球, 帐篷, 别墅, 天空, 地平线, 门, 墙, 长城, 故宫, 建筑, 高楼, 高楼大厦, 大厦, 摩天大楼, 天际线, 房子, 小屋, 木屋, 亭子, 古镇, 胡同, 外滩,
    路, 小路, 道路, 空中, 天上, 地面, 街灯, 路灯, 灯塔上
"""

OBJECTS = """
    ball, bench, beach ball, soccer ball, football, basketball, baseball, tennis ball, tennis, golf, golf ball, frisbee, kite,
    doll, toy, toy car, game, video game, chess, chess board, card, poker, dice, puzzle, lego, book,
    newspaper, magazine, letter, mail, package, parcel, box, gift, bag, sleeping bag, backpack, suitcase,
    purse, handbag, basket, bucket, shovel, plastic shovel, rake, hammer, saw, axe, tool, rope, net, fishing net,
    fishing rod, fishing boat, walking stick, stick, cane, umbrella, transparent umbrella, parasol,
    sword, shield, bow, arrow, spear, gun, rifle, pistol, bullet, bomb, cannon, armor, armour, helmet, crown, ring,
    necklace, jewel, diamond, gold, coin, money, treasure, key, lock, clock, wristwatch, alarm clock, phone,
    smartphone, cell phone, laptop bag, tablet, computer screen, monitor, keyboard, mouse pad, headphones,
    headphone, speaker, radio, microphone, guitar, electric guitar, piano, violin, cello, trumpet, saxophone, flute, drum,
    drum kit, harp, banjo, ukulele, accordion, instrument, turntable, vinyl, chair, office chair, rocking chair, armchair,
    stool, table, coffee table, dining table, desk lamp, lamp, lantern, candle, torch, lightbulb, chandelier, mirror,
    curtain, blanket, pillow, cushion, carpet, rug, shelf, bookshelf, drawer, closet, fridge, oven, pan, frying pan, pot,
    kettle, toaster, sink, plate, bowl, dog bowl, dog bed, cat food, dog food, fish tank, cup, mug, glass, bottle, spoon,
    fork, knife, chopsticks, cutting board, tray, easel, canvas, paintbrush, brush, picture, photo, photograph,
    poster, sign, street sign, billboard, flag, banner, logo, text, subtitle, caption, title, watermark, letters,
    sandcastle, snowball, snow globe, snow boot, snow angel, fire, flame, campfire, bonfire, ember, spark, firework,
    explosion, smoke, steam, dust, ash, bubble, soap bubble, confetti, glitter, laser, hologram, screen, machine, engine,
    gear, wheel, tire, pipe, wire, antenna, telescope, microscope, binoculars, potion, wand, magic wand, spell,
    horseback, broom, broomstick, cauldron, crystal, crystal ball, portal, map, compass, anchor, sail, oar, fence, gate, ladder,
    bell, pumpkin, jack o lantern, christmas tree, ornament, wreath, stocking, candy cane, dna, pill, needle,
    thread, yarn, wool, knitting needle, scissors, paper, pen, pencil, crayon, glue, tape, trash, garbage, plastic,
    log, stone, rock, boulder, brick, cobblestone, metal, ice cube, trampoline,
    swing set, seesaw, hammock, treadmill, dumbbell, barbell, boxing glove, racket, hockey stick, ice hockey, trophy,
    medal, ticket, walkie talkie, robot arm, glow stick, glowstick, neon sign, neon light, neon,
    street food, shadow, reflection, silhouette, ripple, wave crest, splash, spray,
    雨伞, 伞, 球, 足球, 篮球, 玩具, 书, 报纸, 信, 盒子, 礼物, 包, 背包, 剑, 宝剑, 刀, 枪, 弓箭, 皇冠, 戒指, 手机, 电脑, 吉他, 钢琴, 小提琴, 鼓,
    椅子, 长椅, 桌子, 灯, 灯笼, 蜡烛, 镜子, 窗帘, 窗户, 杯子, 碗, 盘子, 锅, 火, 火焰, 烟, 烟雾, 蒸汽, 烟花, 荧光棒, 霓虹灯, 霓虹, 灯光, 机器, 风筝, 气泡,
    泡泡, 石头, 旗帜, 文字, 字幕, 水印, 标志, 钱, 金币, 宝藏, 钥匙, 棋, 象棋, 围棋, 麻将, 影子, 倒影, 灰尘, 灯火, 孔明灯, 雪球, 毛线, 相机, 扇子,
    屏幕, 全息投影, 激光, 箱子, 篮子, 木桶, 渔网, 鱼竿, 画笔, 画
"""

NATURE = """
    leaf, leaves, maple leaf, maple leaves, fall leaves, autumn leaves, flower, rose, tulip, sunflower, daisy, lily,
    cherry blossom, blossom, petal, bouquet, bush, hedge, vine, moss, fern, cactus, palm, palm tree, oak, maple, pine,
    mushroom, seed, root, branch, twig, plant, crop, wheat, hay, mud, water, running water, wave, tide, current, lava,
    sand, seashell, shell, pearl, seaweed, kelp, rainbow, aurora, northern lights, shooting star, comet, meteor,
    meteor shower, tornado, hurricane, earthquake, tsunami, flood, avalanche, wind, breeze, gust, moon, sunbeam, sunlight,
    sun ray, god ray, milky way, eclipse, spring, summer, autumn, fall, winter, season, nature, landscape, scenery,
    fall leaf, autumn leaf, tree, christmas, halloween, easter, birthday, wedding, new year, holiday, heatwave,
    花, 花瓣, 樱花, 樱花树, 玫瑰, 向日葵, 荷花, 梅花, 桃花, 树, 大树, 树叶, 落叶, 枫叶, 草, 竹子, 水, 波浪, 海浪, 彩虹, 极光, 流星, 流星雨, 风,
    微风, 龙卷风, 春天, 夏天, 秋天, 冬天, 春节, 自然, 风景, 贝壳, 蘑菇, 沙子, 石块, 云海, 岩浆, 树枝, 绿叶, 枫树, 柳树, 种子, 星星, 银杏, 大自然,
    冰, 浪花, 沙尘, 季节
"""

FOOD = """
    food, meal, breakfast, dinner, snack, bread, toast, cheese, egg, meat, steak, burger, hamburger, hot dog, sandwich,
    pizza, pasta, noodle, ramen, rice, sushi, soup, salad, fruit, apple, banana, mango, pineapple, watermelon, strawberry,
    cherry, lemon, grape, peach, avocado, carrot, tomato, potato, onion, corn, popcorn, chip, french fries, fries, cake,
    birthday cake, cupcake, cookie, donut, doughnut, pancake, waffle, pie, candy, chocolate, ice cream, ice cream cone,
    honey, milk, tea, coffee, iced coffee, latte, latte art, espresso, cappuccino, juice, lemonade, soda, beer, wine,
    champagne, cocktail, whiskey, salt, spice, sauce, butter, oil, dough, vegetable, taco, burrito, dumpling, bubble tea,
    食物, 面条, 面, 饭, 米饭, 饺子, 包子, 面包, 蛋糕, 水果, 苹果, 香蕉, 西瓜, 草莓, 肉, 鸡蛋, 汤, 茶, 咖啡, 牛奶, 果汁, 啤酒, 酒, 冰淇淋, 糖果,
    巧克力, 披萨, 汉堡, 火锅, 菜, 蔬菜, 饼干, 糖葫芦, 月饼, 粽子, 寿司, 拉面, 胡萝卜
"""

CLOTHES = """
    shirt, t shirt, dress, skirt, trousers, pants, jeans, shorts, suit, tuxedo, jacket, coat, winter coat, rain coat,
    raincoat, rain boot, hoodie, sweater, jumper, cardigan, scarf, glove, mitten, hat, sun hat, cap, beanie, bow tie, tie,
    belt, sock, shoe, sneaker, boot, heel, high heels, sandal, slipper, swimsuit, bikini, bathing suit, swim trunks,
    pyjamas, pajamas, robe, kimono, uniform, costume, outfit, clothes, clothing, mask, sunglasses, sun glasses, glasses,
    earring, cape, apron, veil, gown, evening gown, spacesuit, space suit, snorkel mask, life jacket, leather jacket,
    裙子, 连衣裙, 红裙子, 衣服, 衬衫, 裤子, 外套, 大衣, 雨衣, 帽子, 围巾, 手套, 鞋, 鞋子, 眼镜, 墨镜, 口罩, 面具, 汉服, 旗袍, 和服, 西装, 校服,
    婚纱, 白裙, 红裙, 毛衣, 卫衣, 牛仔裤, 盔甲, 铠甲, 长裙
"""

BODY = """
    hair, face, eye, pupil, iris, ear, nose, mouth, lip, tear, beard, mustache, moustache, hand, finger, arm, leg, foot,
    feet, lap, shoulder, head, neck, back of head, skin, tail, wing, paw, claw, fur, feather, scale, horn, fang,
    tooth, teeth, tongue, heart, brain, blood, sweat, body, muscle, tattoo, freckle, wrinkle, eyebrow,
    头发, 长发, 短发, 黑发, 金发, 脸, 眼睛, 耳朵, 鼻子, 嘴, 嘴巴, 手, 手指, 胳膊, 腿, 脚, 尾巴, 翅膀, 爪子, 毛发, 羽毛, 眼泪, 心, 血, 身体, 笑容, 表情,
    背影, 双手, 双眼, 白发, 马尾
"""

ABSTRACT = """
    love, hope, life, death, story, adventure, mystery, journey, memory, moment, thing, something, anything,
    nothingness, idea, secret, power, energy, magic, war, battle, fight, peace, freedom, future,
    history, race, competition, parade, festival, party, ceremony, show, event, celebration, photo shoot,
    class, lesson, job, business, science, technology, sport, routine, chess game,
    product, advertisement, commercial, trailer, music video, movie, film, clip, animation, episode, intro, outro, meme,
    brand, detail, texture, pattern, color scheme, colour scheme, movement, motion, speed, slope, angle, side, edge, top,
    bottom, distance, air, piece, pile, stack, row, line, circle, bit, lot, mind, leash, surface,
    爱, 爱情, 故事, 梦, 梦想, 生活, 战争, 战斗, 比赛, 节日, 派对, 聚会, 婚礼, 电影, 广告, 动画, 未来, 过去, 回忆, 希望, 细节, 魔法, 能量, 画面,
    功夫, 武术, 太极, 音乐视频, 宣传片, 短片, 东西
"""

TABLES = {
    "animal": ANIMALS,
    "people": PEOPLE,
    "vehicle": VEHICLES,
    "place": PLACES,
    "object": OBJECTS,
    "nature": NATURE,
    "food": FOOD,
    "clothing": CLOTHES,
    "body": BODY,
    "idea": ABSTRACT,
}
"""Nouns by what they are."""

AGENTS = frozenset(["animal", "people", "vehicle"])
"""What does something itself, so that a verb beside it is its own."""
