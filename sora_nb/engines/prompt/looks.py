"""Words about how a film looks, sounds and feels that the local engine does not show; Chinese: chinese_looks.py."""

from __future__ import annotations

COLOURS = """
    red, blue, green, yellow, white, black, pink, purple, orange, brown, golden, grey, gray, silver, beige, cyan, magenta,
    turquoise, teal, violet, indigo, crimson, scarlet, maroon, ivory, cream, tan, navy, lime, lavender, coral pink,
    black and white, monochrome, sepia, pastel, pastel color, pastel colour, colorful, colourful, color, colour, colored,
    coloured, rainbow colored, multicolored, neon pink, vibrant, saturated, desaturated, muted, hue, tint, blonde, blond,
    greyscale, grayscale, color grading, color grade, teal and orange, red haired, blue haired, technicolor, iridescent
"""

STYLES = """
    anime, manga, cartoon, pixar, disney, claymation, clay, stop motion, watercolor, watercolour, oil painting, sketch,
    pencil sketch, pencil drawing, charcoal, ink, comic, comic book, pop art, pixel art, 8 bit, 16 bit, voxel, low poly, lego style,
    3d, 2d, 3d render, cgi, unreal engine, octane render, blender, ray tracing, isometric, vaporwave, synthwave, cyberpunk,
    steampunk, dieselpunk, solarpunk, noir, film noir, gothic, baroque, art deco, art nouveau, impressionist, surreal,
    surrealist, surrealism, abstract, minimalist, minimalism, realistic, photorealistic, ultra realistic, hyperrealistic,
    hyper realistic, photoreal, lifelike, vhs, vhs look, vhs style, super 8, 8mm, 16mm, 35mm, 70mm, film grain, grain,
    grainy, retro, vintage, 80s, 90s, 1980s, 1990s, 70s, 60s, 50s, 1920s, old film, silent film, cinematic, cinematic look,
    epic, documentary look, david attenborough documentary style, sci fi, science fiction, fantasy, horror, western,
    romantic comedy, found footage style, night vision, infrared, thermal, style, aesthetic, look and feel, ghibli style,
    studio ghibli style, wes anderson style, origami, papercut, paper cut, felt, puppet, hand drawn, line art, ukiyo e,
    chinese ink, ink wash, graffiti, glitch, psychedelic, trippy, kawaii, chibi, renaissance, medieval, victorian,
    futuristic, dystopian, post apocalyptic, apocalyptic, prehistoric, ancient, tilt shift, miniature, diorama, imax, hdr,
    stylized, stylised, animated, art, artwork, render, vfx, cel shaded, rotoscope, dreamcore, cottagecore, grunge, music video style
"""

LENSES = """
    depth of field, shallow depth of field, deep focus, focus, soft focus, rack focus, bokeh, blur, motion blur, lens flare,
    fisheye, fisheye lens, fish eye, fish eye lens, macro lens, telephoto, anamorphic, anamorphic lens,
    lens, low angle, low angle shot, high angle, high angle shot, dutch angle, over the shoulder, over the shoulder shot,
    pov, pov shot, first person, first person view, point of view, third person, eye level, split screen, two shot,
    master shot, insert shot, reaction shot, reverse shot, cowboy shot, three shot, group shot, glamour shot, hero shot, money shot, top shot,
    worm's eye view, worms eye view, ant's eye view, dog's eye view, cat's eye view, fly on the wall view, gopro view, body cam footage, ring doorbell footage, doorbell camera, webcam view,
    medium shot, full shot, full body shot, full body, whip pan, dolly zoom, vertigo effect, steadicam, gimbal, gopro, selfie,
    selfie shot, selfie stick, security camera, cctv, dashcam, iphone, arri, arri alexa, red camera, kodak, portra, polaroid,
    f/1.8, iso, shutter, aperture, frame rate, frame, framing, composition, rule of thirds, symmetrical, centered,
    foreground, midground, out of focus, in focus, sharp focus, zoom lens, tracking lens, cutaway, rear view, rear shot, rear angle, back view, back shot, back angle, side view, side shot, side angle, front view, front shot, front angle,
    profile view, profile shot, side profile, in profile, three quarter view, back to the camera, back to camera, facing away, facing away from the camera,
    from the camera, toward the camera, toward camera, towards the camera, towards camera, towards us, toward us, towards the viewer, toward the viewer,
    facing away from camera, turned away from the camera, away from the camera, away from camera, facing the camera, facing camera, one take, single take,
    long take, one shot, steady, low shot, tilted, upside down shot, bullet time, mid shot, camera shake
"""

LIGHTS = """
    light, lighting, soft light, warm light, golden light, soft golden light, natural light, studio light, rim light,
    backlight, backlit, volumetric light, volumetric lighting, dramatic lighting, dramatic light, moody lighting, glow,
    glowing, lit, shadowy, dark, darkness, dim, gleam, shimmer, shimmering, sparkle, sparkling, flicker, flickering, bright,
    radiant, luminous, candlelight, candlelit, lamplight, firelight, strobe, silhouetted, high contrast, contrast,
    low key, high key, shiny, glossy, sunlit, ray, beam, sunlight, cinematic lighting, exposure, chiaroscuro, ambient light
"""

SOUNDS = """
    audio, sound, sound effect, music, background music, soundtrack, song, melody, beat, rhythm, voice, voice over,
    voiceover, narration, narrator, dialogue, dialog, whisper, silence, silent, quiet, loud, noise, lyrics, hip hop, hip hop music, jazz, rock music,
    techno, classical music, orchestral, orchestral score, score, lofi, lo fi, lofi music, lo fi music, ambient sound, ambient, bass,
    drumbeat, applause, laughter, birdsong, sfx, asmr, echo, reverb, piano music, guitar music, jazz music, sound of, hum of,
    crackling, thunder sound, acoustic, k pop, pop music, upbeat music, sad music, happy music, metal music, folk music, edm
"""

MOODS = """
    mood, vibe, atmosphere, feeling, emotion, happy, sad, angry, afraid, scared, scary, spooky, creepy, eerie, ominous,
    tense, intense, dramatic, romantic, melancholic, melancholy, nostalgic, nostalgia, dreamy, peaceful, calm, serene,
    tranquil, cozy, cosy, joyful, joy, cheerful, playful, funny, humorous, comedic, hilarious, silly, serious, mysterious,
    magical, whimsical, lonely, alone, hopeful, inspiring, inspirational, uplifting, heartwarming, wholesome, moody, gloomy,
    lively, energetic, chaotic, chill, exciting, excited, bored, tired, proud, shy, grumpy, surprised, confused,
    curious, brave, evil, friendly, gentle, wild, mad, crazy, suspense, suspenseful, tension, emotional, sleepy, hungry
"""

QUALITIES = """
    4k, 8k, 1080p, 720p, hd, uhd, full hd, high resolution, high quality, best quality, high definition, masterpiece,
    ultra detailed, highly detailed, hyper detailed, detailed, intricate, sharp, crisp, professional, award winning,
    trending on artstation, artstation, resolution, fps, aspect ratio, vertical, horizontal, portrait mode, landscape mode, widescreen, letterbox,
    high fidelity, stunning, quality, ultra, ultra hd, 60fps, 24fps, low quality, bad quality, worst quality, blurry, deformed, ugly,
    bad anatomy, extra finger, extra limb, jpeg artifacts, artifact, distorted, deformed hand, low res, lowres, nsfw
"""

EDITS = """
    time lapse, timelapse, hyperlapse, slow motion, slow mo, slowmo, super slow motion, fast motion, fast forward, speed ramp,
    cut, fast cut, quick cut, jump cut, match cut, smash cut, montage, transition, fade, fade in, fade out, fade to black,
    dissolve, crossfade, wipe, loop, looping, seamless loop, reverse, rewind, freeze frame, flashback, scene change, cut to,
    credits, opening shot, final shot, ending, boomerang, cut scene, cutscene, morph, morphing, transform, transformation, cross cut
"""

MANNERS = """
    elderly, aged, teenage, adult, middle aged, female, male, asian, african, american, european, indian, chinese, japanese,
    left, right, to the left of, to the right of, on the left, on the right, on the left side, on the right side, little, small, tiny, big, large, huge, giant sized, enormous, massive, gigantic, tall, short, long, thin, fat, chubby, slim, strong,
    weak, heavy, old, young, new, modern, cute, beautiful, pretty, handsome, lovely, adorable, elegant, graceful, stylish, cool, amazing, awesome,
    fluffy, furry, soft, hard, smooth, rough, wet, dry, dirty, clean, dusty, muddy, rusty, broken, weathered, worn, abandoned, empty,
    full, crowded, busy, bustling, packed, frozen, icy, hot, warm, cold, freezing, sandy, rocky, wooden, metallic, plastic made, stone made, glassy, leafy,
    sunken, hidden, secret, famous, rich, poor, simple, fancy, luxurious, expensive, cheap, delicious, fresh, sweet,
    tropical, rural, urban, exotic, natural, nearby, distant, remote, far, deep, shallow, high, low, open, closed, narrow, broad, round,
    flat, steep, curved, straight, burning, blazing, ablaze, aflame, flaming, in flames, melting, falling, rising, floating in air, spinning top, moving, still standing,
    luxury, late, early, fast, slow, quick, rapid, sudden, final, last, next, best, perfect, great, good, nice, bad, fun, special, unique,
    real, fake, true, imaginary, invisible, transparent, translucent, lone, single, curly, spiky, striped, spotted, patterned,
    enchanted, haunted, sacred, holy, royal, noble, legendary, mythical, floral, barefoot, naked, masked, hooded, armored, armoured, bearded, bald,
    playful looking, lush, overgrown, barren, vast, endless, infinite, wise, clever, smart, lazy, naughty, unseen, dead, alive, sick, injured,
    perfectly, slowly, quickly, happily, gently, sadly, angrily, calmly, carefully, gracefully, quietly, loudly, softly, suddenly,
    peacefully, playfully, excitedly, nervously, proudly, lazily, rapidly, steadily, wildly, joyfully, energetically, smoothly
"""

DEEDS = """
    rotate, revolve, notice, recognize, recognise, ignore, treat, park, score, strike, push, bang, rock, lull, cradle, lasso, likes, liked, loves, loved, enjoy, hates, hated, miss, wear, toss, adjust, hug, stroke, embrace, cuddle up, press on, dare, brave, decide, realize, realise, remember, forget, believe, hope for, wish for, fail, succeed, manage, happen, occur, interact, react, involve, include, feature, contain, depict, portray, illustrate, represent, resemble, seem, feel, smell, hear, behave, pretend, prepare, plan, choose, accept, refuse, allow, force, cause, create, invent, produce, improve, increase, decrease, expand, shrink, split, join, connect, separate, combine, gather around, scatter, spread, drop off, drip, leak, sprout, evolve, age, recover, suffer, survive, struggle, resist, obey, rule, conquer, invade, occupy, destroy, demolish, smash, crush, squeeze, squash, bend, fold, unfold, tie, untie, attach, detach, zoom around, twinkle, erupt, collide, overflow, spill over, trap, capture, arrest, release, free, protect, scare, startle, surprise, amaze, impress, confuse, annoy, bother, threaten, haunt, chase away, trick, fool, cheat, lean on, lean against, whiten, tickle, nuzzle, groom, preen, hatch, hibernate, migrate, breed, bite down, sting, peel off, spark, ignite, smoke, vape, steam, sizzle, drizzle over, spin around in circles, wobble, wiggle, jiggle, twitch, tilt his head, tilt her head, scream for help, sneak a peek, hitch, hiccup, burp, fart, vomit, sweat, shower, undress, unzip, fight, fighting, sword fight, strut, plant, fly fishing, carry, hold, knit, sew, steal, win, lose, fall, fall down, throw, catch, kick, punch, hit, hug, kiss, cry, weep, pray,
    point, push cart, pull, lift, open door, shut, close, break, burn, melt, grow, bloom, follow, lead, help, teach, learn, touch, pet, feed,
    wash, brush, comb, shave, dig, plant seeds, pick, collect, search, find, discover, hide, appear, disappear, vanish, turn, turn around,
    roll, splash, shake, nod, bow down, blink, wink, yawn, sneeze, cough, breathe, blow, whistle, bark, meow, roar, growl, howl,
    shoot, aim, attack, defend, fight off, win a prize, drop, spill, crash, explode, circle, swirl, whirl, glitter, flow, float down,
    deliver, buy, sell, pay, order, hang, lean, stretch, exercise, lift weights, train for, practice, practise, compete, surf, sail, row,
    begin, start, stop, continue, keep, try, want, need, love doing, like doing, use, put, get, give, bring, take, send, show off, share,
    change, become, turn into, transform into, reach, arrive, return, pass, move, remain, live, die, exist, create magic, perform tricks,
    rise, set sail, sink, glow up, shine, reflect, cover, fill, surround, pierce, blur past, blur, light up, roam, graze, hunt, prowl, stalk, peek, giggle,
    whisper to, tease, juggle balls, balance, flip, backflip, somersault, cartwheel, meet, greet warmly, marry, propose, celebrate birthday, cuddle, snuggle,
    wag, sniff, scratch, purr, perch, crawl, creep, slither, stomp, stumble, trip over, slip, tumble, land, take off, launch, orbiting, steer,
    text, phone, call, ring up, photograph, film, record, stream, post, scroll, swipe, flap, tap, click, press, knock, crack, crack open, get back up, get back on, hammer, chop, slice, stir, fry, grill, boil
"""

TABLES = {
    "colour": COLOURS,
    "style": STYLES,
    "lens": LENSES,
    "light": LIGHTS,
    "sound": SOUNDS,
    "mood": MOODS,
    "quality": QUALITIES,
    "editing": EDITS,
    "manner": MANNERS,
    "deed": DEEDS,
}
"""Words by what they say of a film."""

SAID = {
    "colour": "colours",
    "style": "style",
    "lens": "lens and framing",
    "light": "light",
    "sound": "sound",
    "mood": "mood",
    "quality": "picture quality",
    "editing": "editing",
    "manner": "how things are",
    "deed": "what is done",
    "speech": "words that are said or written",
    "setting": "settings of other tools",
    "number": "numbers",
    "scene": "another place",
    "time": "another time of day",
    "weather": "other weather",
    "camera": "another camera",
    "framing": "another framing",
    "direction": "another direction",
    "pictured": "what is only pictured, compared or told of",
}
"""What a person is told that such words are about."""
